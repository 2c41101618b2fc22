import { type OptionRow } from "../../runtime/options";

/** Describes in words what applies to a directive that leaves the option out. */
export function defaultInDirective({
  default: value,
  defaultText,
  places,
  kind,
}: OptionRow): string {
  // The false of an option that isn't written as true or false means off.
  const isOff = value === undefined || (value === false && kind !== "boolean");
  const own = defaultText ?? (isOff ? null : written(value, kind));
  if (!places.includes("configure")) return own ?? "none";
  return `${own ?? "off"}, or configure's`;
}

function written(value: string | number | boolean, kind: OptionRow["kind"]): string {
  return kind === "share" ? `${100 * Number(value)}%` : String(value);
}
