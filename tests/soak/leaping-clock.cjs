// Preloaded into a soak's relay. The file in LEAPING_CLOCK says how many milliseconds its clock is ahead. What it does every half
// minute, it does every second: its reports.
const { readFileSync } = require('node:fs');

const { now } = Date;
const { setInterval } = globalThis;
const HALF_A_MINUTE_MS = 30_000;
globalThis.setInterval = (work, ms, ...given) =>
  setInterval(work, ms === HALF_A_MINUTE_MS ? ms / 30 : ms, ...given);
Date.now = () => now() + Number(readFileSync(process.env.LEAPING_CLOCK, 'utf8'));
