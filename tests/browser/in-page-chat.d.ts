export function publishForged(message: { text: string; userId: string }): Promise<void>;
