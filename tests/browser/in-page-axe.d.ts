export function grave(): Promise<string[]>;
