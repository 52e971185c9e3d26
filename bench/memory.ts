import type { Figure } from './figures';
export const measureMemory = async (): Promise<Figure[]> => [];
