export function faintTexts(): { seen: number; faint: string[] };
export function cutOff(): number;
export function focused(): string;
export function focusIsSeen(): boolean;
