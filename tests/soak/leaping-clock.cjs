// Preloaded into the relay of a soak: its clock is ahead by as many milliseconds as the file holds that LEAPING_CLOCK names.
const { readFileSync } = require('node:fs');

const { now } = Date;
Date.now = () => now() + Number(readFileSync(process.env.LEAPING_CLOCK, 'utf8'));
