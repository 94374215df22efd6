// Runs a program with the Slots of a ring and the layout: the address of the tag's folder, and the program.

const [address, program] = process.argv.slice(2);
const { Slots } = await import(`${address}slots.js`);
const { LAYOUT } = await import(`${address}../shared/constants.js`);
const control = new Int32Array(new SharedArrayBuffer(LAYOUT.CONTROL_WORDS * 4));
const headers = new Float64Array(LAYOUT.SLOTS * LAYOUT.HEADER_WORDS);
const AsyncFunction = (async () => {}).constructor;
const run = AsyncFunction('slots', 'control', 'headers', 'layout', program);
console.log(JSON.stringify(await run(new Slots(control, headers), control, headers, LAYOUT)));
