import { optionKinds, type OptionRow } from "../../runtime/options";
import { defaultInDirective } from "../directive/option-defaults";

/**
 * Describes an option for the editor: what it does, what can be written, and what applies if it is
 * left out.
 */
export function describeOption(row: OptionRow): string {
  const { is, range } = optionKinds[row.kind];
  const allowed = [is, row.range ?? range].filter((part) => part !== null).join(", ");
  const text = `${row.summary} Value: ${allowed}${row.off ? ", or off" : ""}. Default: ${defaultInDirective(row)}.`;
  return text.replaceAll("`", "");
}
