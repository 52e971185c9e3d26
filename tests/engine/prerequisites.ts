// Checks the requirements of the engine suite before its first test: a Pulumi CLI, and an AWS that is nobody's account.
import { spawnSync } from 'node:child_process';

export function mochaGlobalSetup(): void {
  const missing = [];
  if (spawnSync('pulumi', ['version']).status !== 0) {
    missing.push(
      'pulumi on the PATH: https://www.pulumi.com/docs/install, or curl -fsSL https://get.pulumi.com | sh',
    );
  }
  if (!process.env.AWS_ENDPOINT_URL) {
    missing.push(
      'AWS_ENDPOINT_URL, the address of an AWS on this machine, such as moto: the suite makes and destroys stacks there\n' +
        "    (pip install 'moto[server]', then moto_server -p 5000, then AWS_ENDPOINT_URL=http://127.0.0.1:5000)",
    );
  }
  if (spawnSync('sh', ['-c', 'command -v script']).status !== 0) {
    missing.push(
      'script on the PATH (of util-linux, macOS and BSD), a terminal for the questions of pulumi new',
    );
  }
  if (missing.length > 0) {
    console.error(
      `npm run test:engine deploys the program with a real engine. It needs\n  - ${missing.join('\n  - ')}`,
    );
    process.exit(1);
  }
  process.env.AWS_REGION ??= 'us-east-1';
  process.env.AWS_ACCESS_KEY_ID ??= 'test';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'test';
}
