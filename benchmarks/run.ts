/**
 * `npm run bench`: one JSON object on standard output, progress and tables on standard error. Figures that depend on the
 * machine stand next to what they are compared with in the same run.
 */
import { cpus, totalmem } from 'node:os';
import { busUsage, measureBus } from './bus/index.ts';
import { measureGateway } from './gateway/index.ts';
import { gatewayUsage, readGatewayOptions } from './gateway/options.ts';
import { measurePlatform } from './platform.ts';
import { measureQuality, qualityUsage } from './quality/index.ts';
import { measureScale } from './scale/index.ts';
import { scaleUsage } from './scale/options.ts';

const usage = `npm run bench               everything
npm run bench -- platform   objects, logs, sandbox, the main job
${busUsage}
${qualityUsage}

${gatewayUsage}

${scaleUsage}`;

const tell = (line: string): void => {
  console.error(line);
};

const [cpu] = cpus();
const machine = {
  cores: cpus().length,
  processor: cpu?.model ?? 'unknown',
  memoryGib: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform} ${process.arch}`,
};

const measure = async (part: string | undefined, args: readonly string[]): Promise<object | undefined> => {
  switch (part) {
    case undefined:
      return { ...(await measurePlatform(tell)), gateway: await measureGateway(readGatewayOptions([]), tell) };
    case 'platform':
      return await measurePlatform(tell);
    case 'gateway':
      return { gateway: await measureGateway(readGatewayOptions(args), tell) };
    case 'scale':
      return { scale: await measureScale(args, tell) };
    case 'bus':
      return { bus: await measureBus(tell) };
    case 'quality': {
      const quality = await measureQuality(args, tell);
      return quality === undefined ? undefined : { quality };
    }
    default:
      return undefined;
  }
};

try {
  const [part, ...args] = process.argv.slice(2);
  tell(`${machine.cores} cores, ${machine.processor}, ${machine.memoryGib} GiB, Node ${machine.node}`);
  const figures = part === '--help' ? undefined : await measure(part, args);
  if (figures === undefined) {
    console.error(usage);
    process.exitCode = part === '--help' ? 0 : 2;
  } else console.log(JSON.stringify({ machine, ...figures }));
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
