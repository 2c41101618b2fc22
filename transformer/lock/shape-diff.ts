import { type Field, parseShape, type RecordShape, type Shape } from "./parse-shape";

/**
 * One difference between what was stored before and what is stored now, as a sentence about
 * entries.
 */
export interface ShapeChange {
  /** `Profile gained a field (email): entries written before the deploy lack it.` */
  readonly message: string;
  /** Whether earlier entries contain everything that the present code may rely on. */
  readonly harmless: boolean;
}

/** @param root the name of the whole: the record's, or "The result of UserService.get" */
export function diffShapes(before: string, after: string, root: string): ShapeChange[] {
  if (before === after) return [];
  const [old, now] = [parseShape(before), parseShape(after)];
  return old && now ? diff(old, now, root) : [changed(root, before, after)];
}

function diff(old: Shape, now: Shape, path: string): ShapeChange[] {
  if (old.text === now.text) return [];
  if (old.kind === "record" && now.kind === "record" && old.base === now.base)
    return diffRecords(old, now, path);
  if (old.kind === "list" && now.kind === "list")
    return diff(old.item, now.item, isRoot(path) ? path : `${path}[]`);
  if (
    old.kind === "named" &&
    now.kind === "named" &&
    old.name === now.name &&
    old.args.length === now.args.length
  ) {
    return old.args.flatMap((arg, i) =>
      diff(arg, now.args[i] as Shape, `${path}.${argumentName(old.name, i)}`),
    );
  }
  return diffMembers(old, now, path);
}

/**
 * Compares unions, and a type that became a union. Members that both have are left out. If each
 * side has one record, they are the same record.
 */
function diffMembers(old: Shape, now: Shape, path: string): ShapeChange[] {
  const [oldMembers, newMembers] = [membersOf(old), membersOf(now)];
  const lost = oldMembers.filter(({ text }) => newMembers.every((member) => member.text !== text));
  const gained = newMembers.filter(({ text }) =>
    oldMembers.every((member) => member.text !== text),
  );
  const [oldOne, newOne] = [lost.find(isStructured), gained.find(isStructured)];
  const isPair =
    oldOne &&
    newOne &&
    oldOne.kind === newOne.kind &&
    lost.filter(isStructured).length === 1 &&
    gained.filter(isStructured).length === 1;
  const rest = (members: readonly Shape[], one: Shape | undefined): Shape[] =>
    members.filter((member) => !isPair || member !== one);
  const [lostRest, gainedRest] = [rest(lost, oldOne), rest(gained, newOne)];
  const changes = isPair ? diff(oldOne, newOne, path) : [];
  if (lostRest.length === 0 && gainedRest.length === 0) return changes;
  if (lostRest.length === 0)
    return [...changes, { message: `${path} may now be ${listOf(gainedRest)}.`, harmless: true }];
  if (gainedRest.length === 0) {
    const message = `${path} is no longer ${listOf(lostRest)}: entries written before the deploy may hold it.`;
    return [...changes, { message, harmless: false }];
  }
  return [...changes, changed(path, old.text, now.text)];
}

function diffRecords(old: RecordShape, now: RecordShape, path: string): ShapeChange[] {
  const names = [...new Set([...old.fields.keys(), ...now.fields.keys()])].sort();
  return names.flatMap((name) => {
    const [before, after] = [old.fields.get(name), now.fields.get(name)];
    if (!before && after) return [gainedField(path, name, after)];
    if (before && !after)
      return [
        {
          message: `${path} lost a field (${name}): entries written before the deploy still have it.`,
          harmless: true,
        },
      ];
    return before && after ? diffField(before, after, fieldPath(path, name)) : [];
  });
}

function gainedField(path: string, name: string, { optional }: Field): ShapeChange {
  if (optional)
    return {
      message: `${path} gained an optional field (${name}): entries written before the deploy lack it.`,
      harmless: true,
    };
  return {
    message: `${path} gained a field (${name}): entries written before the deploy lack it.`,
    harmless: false,
  };
}

function diffField(before: Field, after: Field, path: string): ShapeChange[] {
  const changes = diff(before.shape, after.shape, path);
  if (before.optional === after.optional) return changes;
  if (after.optional) return [...changes, { message: `${path} became optional.`, harmless: true }];
  return [
    ...changes,
    {
      message: `${path} is no longer optional: entries written before the deploy may lack it.`,
      harmless: false,
    },
  ];
}

function changed(path: string, before: string, after: string): ShapeChange {
  const message = `${path} changed from ${shorten(before)} to ${shorten(after)}: entries written before the deploy hold the old one.`;
  return { message, harmless: false };
}

function membersOf(shape: Shape): readonly Shape[] {
  return shape.kind === "union" ? shape.members : [shape];
}

function isStructured({ kind }: Shape): boolean {
  return kind !== "leaf" && kind !== "tuple";
}

function isRoot(path: string): boolean {
  return !path.includes(".");
}

function fieldPath(path: string, name: string): string {
  return /^["[]/.test(name)
    ? `${path}${name.startsWith("[") ? "[…]" : `[${name}]`}`
    : `${path}.${name}`;
}

function argumentName(name: string, i: number): string {
  if (name === "Map") return i === 0 ? "keys()" : "values()";
  return name === "Set" ? "values()" : `${name}[${i}]`;
}

function listOf(shapes: readonly Shape[]): string {
  return shapes.map(({ text }) => shorten(text)).join(" or ");
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
