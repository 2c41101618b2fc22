import { type CheckedState, isCurrent } from "./check-inputs";
import { KeptFiles } from "./kept-files";

interface Kept<Checked> {
  readonly checked: Checked;
  readonly state: CheckedState;
}

/** What the checks have found, on disk: as long as nothing that they read has changed, they would find it again. */
export class KeptChecks<Checked> {
  constructor(private readonly files: KeptFiles) {}

  static ofProgram<Checked>(directory: string): KeptChecks<Checked> | null {
    const files = KeptFiles.above(directory, "checks");
    return files && new KeptChecks<Checked>(files);
  }

  find(tsconfig: string): Checked | null {
    const text = this.files.find(tsconfig, []);
    if (text === null) return null;
    const { checked, state } = JSON.parse(text) as Kept<Checked>;
    return isCurrent(state) ? checked : null;
  }

  keep(tsconfig: string, checked: Checked, state: CheckedState): void {
    this.files.keep(tsconfig, [], JSON.stringify({ checked, state } satisfies Kept<Checked>));
  }
}
