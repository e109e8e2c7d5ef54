/** `npm run selftest`: every kernel, formula and update checked on this machine's adapter, as the page's self-test does. */
import { selfTest } from '../trainer/selfTest.ts';
import { openNodeDevice } from './device.ts';
import { HELP, readOptions, type Usage, usageText } from './options.ts';

const number = (x: number): string => (x === 0 ? '0' : x.toExponential(1));

const USAGE: Usage = {
  command: 'npm run selftest',
  options: {
    adapter: { value: 'NAME', doc: 'auto, swiftshader, lavapipe, hardware, or a part of a name (auto)' },
    help: HELP,
  },
};

/** Prints one line per check; returns 1 when any failed. */
export async function main(argv: string[]): Promise<number> {
  const { found } = readOptions(USAGE, argv);
  if (found.has('help')) {
    process.stdout.write(
      usageText(USAGE, 'Compares every kernel of a training step with its twin on this machine’s adapter.'),
    );
    return 0;
  }
  const { device, info } = await openNodeDevice({ adapter: found.get('adapter')?.[0] });
  const adapter = info.description || info.architecture || info.vendor;
  let count = 0;
  const { num_failed, num_left_out } = await selfTest(
    device,
    { kind: 'webgpu', adapter, is_software: info.software },
    (row) => {
      count++;
      const verdict = row.is_ok ? 'ok    ' : 'FAILED';
      console.log(
        `${verdict} ${row.group.padEnd(12)} ${row.name.padEnd(44)} worst ${number(row.worst).padEnd(8)} allowed ${number(row.tolerance).padEnd(8)} ${row.note}`.trimEnd(),
      );
    },
  );
  console.log(
    `${count - num_failed} of ${count} checks passed on ${adapter}; ${num_left_out} outside cases left out, without implementation here`,
  );
  return num_failed === 0 && count > 0 ? 0 : 1;
}
