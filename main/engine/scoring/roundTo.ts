/** To so many decimals: numbers for people, without the noise of floats. */
export const roundTo = (value: number, decimals: number): number => Number(value.toFixed(decimals));
