export function connect(vended: { authToken: string; endpoint: string; cacheName: string }): Promise<void>;
export function publish(message: { topic: string; text: string }): Promise<string>;
export function subscribe(topic: string): Promise<string>;
export function unsubscribe(): void;
export function heard(): {
  items: { text: string; tokenId: string }[];
  heartbeats: number;
  discontinuities: number;
  errors: string[];
};
export function hasHeard(count: number): boolean;
export function hasFeltBeats(count: number): boolean;
export function readAll(): Promise<{
  scalar: string;
  list: string | string[];
  set: string | { value: string; score: number }[];
}>;
