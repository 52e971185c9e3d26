// Preloaded into a soak's relay. The file in LEAPING_CLOCK says how many milliseconds its clock is ahead.
const { readFileSync } = require('node:fs');

const { now } = Date;
Date.now = () => now() + Number(readFileSync(process.env.LEAPING_CLOCK, 'utf8'));
