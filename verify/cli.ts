// `npm run verify -- --stack dev`: checks that a stack works, from the publisher to the cache.
import { UsageError } from '../local/commands/flags';
import { run } from './command';
import { StepFailed } from './step';

run(process.argv.slice(2), console.log).then(
  () => process.exit(0), // Momento's SDK may keep a connection
  (error: unknown) => {
    const isExpected = error instanceof UsageError || error instanceof StepFailed;
    console.error(isExpected ? error.message : error);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
