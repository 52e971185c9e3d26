// The size of the webhook's bundle against that of the plain webhook, minified. The same sources give the same figures, so
// this can check every change.
import { deflateRawSync } from 'node:zlib';
import type { Figure } from './figures';
import { declaredFunctions, plainBundle } from './subjects';

export async function measureBundle(): Promise<Figure[]> {
  const webhook = (await declaredFunctions()).get('webhook');
  if (!webhook) throw new Error('the program declares no function webhook');
  const plain = [plainBundle('webhook', { minify: true })];
  const sum = (files: readonly string[], sizeOf: (code: string) => number) =>
    files.reduce((bytes, file) => bytes + sizeOf(file), 0);
  const figure = (what: string, sizeOf: (code: string) => number): Figure => {
    const [ours, reference] = [sum(Object.values(webhook.files), sizeOf), sum(plain, sizeOf)];
    const kilobytes = (bytes: number) => (bytes / 1000).toFixed(0);
    return {
      what: `bundle, ${what}`,
      value: ours / reference,
      samples: 1,
      bar: 0.7,
      aim: 0.5,
      note: `${kilobytes(ours)} and ${kilobytes(reference)} kB`,
    };
  };
  return [
    figure('unzipped', (code) => Buffer.byteLength(code)),
    figure('zipped', (code) => deflateRawSync(code).byteLength),
  ];
}
