// It is replaced by the collector, which is built beside this.
import { type ProcessReport } from "./report";
export const currentReport = (): ProcessReport | null => null;
export const onReport = (_listener: (report: ProcessReport) => void): (() => void) => () => {};
export const pause = (_paused: boolean): void => {};
export const refreshKey = (_key: string): Promise<boolean> => Promise.resolve(false);
export const startAgent = (): void => {};
