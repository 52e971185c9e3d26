export function faintTexts(): { seen: number; faint: string[] };
export function cutOff(): number;
export function focused(): string;
export function focusIsSeen(): boolean;
export function rememberedJourneys(): Promise<{ steps: Record<string, { at: number } | undefined> }[]>;
export function namesAnotherTry(before: string): boolean;
export function directionOf(element: unknown): string;
export function foldedTimes(element: { clientHeight: number; scrollHeight: number }): number;
export function brokenWords(): string[];
