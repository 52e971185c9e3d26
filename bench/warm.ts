import type { Figure } from './figures';
export const measureWarm = async (_: number): Promise<Figure[]> => [];
