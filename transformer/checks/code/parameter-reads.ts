import type ts from "typescript";
import { someNode } from "../../context/walk-tree";
import { type PlannedTarget } from "../../plan/analyze-file";
import { type CheckContext } from "../../plan/check-context";
import { type KeyCoverage } from "./key-coverage";
import { propertiesRead, usesOf } from "./properties-read";
import { isRequest } from "./request-types";
import { type Body } from "./loader-reads";
import { variableAt } from "./origin";
import { pathOf } from "./receiver-reads";
import { type Reachable } from "./reachable-code";
import { memberVaries } from "./service-values";
import { isData } from "../types/value-types";
import { hasOwnThis } from "./syntax-ranges";

export interface ParameterRead {
  /** The text in the body: `page`, `options.limit`. */
  readonly value: string;
  /** The text to put into the key. */
  readonly placeholder: string;
}

/**
 * Returns the arguments, or their properties, that the body reads and an explicit key leaves out.
 */
export function parameterReads(
  context: CheckContext,
  { target, plan }: PlannedTarget,
  coverage: KeyCoverage,
): ParameterRead[] {
  const { ts } = context;
  const parameters = target.node.parameters.filter(({ name }) => name.getText() !== "this");
  return parameters.flatMap((parameter, index) => {
    // A batch's key without the id is refused when the plan is made.
    if ((plan.batch && index === 0) || index === plan.signal) return [];
    // A placeholder by position, `{0}`, has a made-up name if the parameter is destructured.
    const isWhole = [`_${index}`, `__${index}`].some((made) => coverage.names.has(made));
    if (ts.isIdentifier(parameter.name))
      return namedReads(context, target.node, parameter, coverage);
    return isWhole ? [] : patternReads(context, target.node, parameter, coverage);
  });
}

/**
 * Returns what the body reads of an argument that is not data itself: `req.user.id`,
 * `req.get("x-tenant")`, `db.tenant`.
 */
export function serviceParameterReads(
  context: CheckContext,
  { target }: PlannedTarget,
  coverage: KeyCoverage,
  { reads }: Reachable,
): ParameterRead[] {
  const { ts, checker } = context;
  const found = new Map<string, ParameterRead>();
  for (const { origin, node, invocation } of reads) {
    const declaration = variableAt(origin)?.valueDeclaration;
    const isOwn = declaration && ts.isParameter(declaration) && declaration.parent === target.node;
    if (!isOwn || !ts.isIdentifier(declaration.name) || coverage.names.has(declaration.name.text))
      continue;
    const type = checker.getTypeAtLocation(declaration);
    if (isData(context, type)) continue;
    const path = pathOf(context, origin.steps, declaration.name.text);
    const isServed = isRequest(context, type);
    const value = path.data && (isServed || memberVaries(context, path.data)) ? path.text : null;
    const asked =
      value ?? (isServed && invocation.through.length === 0 ? headerRead(context, node) : null);
    if (asked !== null)
      found.set(asked, { value: asked, placeholder: `{${asked.replaceAll('"', "'")}}` });
  }
  return [...found.values()];
}

/** `req.get("x-tenant")`, `req.headers.get("x-tenant")` */
function headerRead({ ts }: CheckContext, { parent }: ts.Node): string | null {
  if (!ts.isCallExpression(parent) || !parent.arguments.every((one) => ts.isStringLiteral(one)))
    return null;
  const isUnused = ts.isExpressionStatement(parent.parent);
  return !isUnused && /\.(?:get|header|cookie)$/.test(parent.expression.getText())
    ? parent.getText()
    : null;
}

function namedReads(
  context: CheckContext,
  body: Body,
  parameter: ts.ParameterDeclaration,
  coverage: KeyCoverage,
): ParameterRead[] {
  const { checker } = context;
  const name = parameter.name as ts.Identifier;
  const properties = coverage.names.get(name.text);
  if (properties?.has("")) return [];
  const uses = usesOf(context, body, name);
  const type = checker.getTypeAtLocation(name);
  if (!isData(context, type)) return [];
  if (uses.length === 0)
    return !properties && isReadByNumber(context, body, parameter)
      ? [
          {
            value: `arguments[${body.parameters.indexOf(parameter)}]`,
            placeholder: `{${name.text}}`,
          },
        ]
      : [];
  if (!properties || isSizeOnly(context, type, properties))
    return readsBeyondSize(uses, properties, name.text);
  const present = checker.getNonNullableType(type);
  // A misspelt property is reported separately, and the intended property is then in the key.
  const isIdentified = [...properties].some(
    (property) => identifies(context, property, parameter) || !present.getProperty(property),
  );
  if (isIdentified || isMisspelt(context, type, name.text, coverage)) return [];
  const isOptional = type !== present;
  const missing = [...new Set(uses.flatMap((use) => propertiesRead(context, use)))].filter(
    (property) => !isCovered(coverage, name.text, property),
  );
  if (missing.length > maxProperties) return [{ value: name.text, placeholder: `{${name.text}}` }];
  return missing.map((property) => ({
    value: `${name.text}.${property}`,
    placeholder: `{${name.text}${isOptional ? "?" : ""}.${property}}`,
  }));
}

/** Whether the key names a property, at any depth, that isn't there. It is reported separately. */
function isMisspelt(
  { checker }: CheckContext,
  whole: ts.Type,
  name: string,
  { paths }: KeyCoverage,
): boolean {
  return [...paths].some((path) => {
    const [first, ...steps] = path.split(".");
    if (first !== name) return false;
    let type = whole;
    return steps.some((step) => {
      const property = checker.getApparentType(checker.getNonNullableType(type)).getProperty(step);
      if (property) type = checker.getTypeOfSymbol(property);
      return !property;
    });
  });
}

/** If the body reads more properties than this, the key is made of the whole object. */
const maxProperties = 3;

/**
 * Whether the key has the property, a part that contains it, or what distinguishes the object that
 * it belongs to: `request.user.id` for `request.user.name`.
 */
function isCovered({ paths }: KeyCoverage, name: string, property: string): boolean {
  const steps = [name, ...property.split(".")];
  const last = steps.length - 1;
  return steps.some((_, i) => {
    const outer = steps.slice(0, i + 1).join(".");
    if (i > 0 && paths.has(outer)) return true;
    return (
      i > 0 && i < last && [...identities].some((identity) => paths.has(`${outer}.${identity}`))
    );
  });
}

/** Recognises `arguments[1]`, and `arguments` as a whole, for the second parameter. */
function isReadByNumber(
  { ts }: CheckContext,
  body: Body,
  parameter: ts.ParameterDeclaration,
): boolean {
  if (ts.isArrowFunction(body) || !body.body) return false;
  const position = body.parameters.indexOf(parameter);
  return someNode(ts, body.body, (node) => {
    if (hasOwnThis(ts, node)) return "skip";
    if (!ts.isIdentifier(node) || node.text !== "arguments") return false;
    const { parent } = node;
    if (!ts.isElementAccessExpression(parent) || parent.expression !== node)
      return !ts.isPropertyAccessExpression(parent);
    const { argumentExpression: place } = parent;
    return !ts.isNumericLiteral(place) || Number(place.text) === position;
  });
}

function patternReads(
  context: CheckContext,
  body: ts.SignatureDeclaration,
  parameter: ts.ParameterDeclaration,
  coverage: KeyCoverage,
): ParameterRead[] {
  const { ts, checker } = context;
  const elements = elementsOf(ts, parameter.name as ts.BindingPattern);
  // `{ id, name }: User` with {id} in the key is that user.
  const isIdentified = elements.some(
    ({ name, propertyName }) =>
      coverage.names.has(name.getText()) &&
      identifies(context, (propertyName ?? name).getText(), parameter),
  );
  if (isIdentified) return [];
  return elements.flatMap(({ name }) => {
    const properties = coverage.names.get(name.getText());
    const type = checker.getTypeAtLocation(name);
    if (!isData(context, type) || (properties && !isSizeOnly(context, type, properties))) return [];
    return readsBeyondSize(
      usesOf(context, body, name as ts.Identifier),
      properties,
      name.getText(),
    );
  });
}

/**
 * Recognises `{ids.length}`: the number of ids doesn't say which they are. An option may be called
 * `size`.
 */
function isSizeOnly(
  { ts, checker }: CheckContext,
  type: ts.Type,
  properties: ReadonlySet<string>,
): boolean {
  if (![...properties].every((property) => property === "length" || property === "size"))
    return false;
  const present = checker.getNonNullableType(type);
  return (
    (present.flags & ts.TypeFlags.StringLike) !== 0 ||
    checker.isArrayLikeType(present) ||
    /^(?:Readonly)?(?:Map|Set)$/.test(present.getSymbol()?.name ?? "")
  );
}

function readsBeyondSize(
  uses: readonly ts.Identifier[],
  sizes: ReadonlySet<string> | undefined,
  text: string,
): ParameterRead[] {
  const isBeyond = ({ parent }: ts.Identifier): boolean => {
    const { name } = parent as { readonly name?: ts.Node };
    return !name || !sizes?.has(name.getText());
  };
  return uses.some(isBeyond) ? [{ value: text, placeholder: `{${text}}` }] : [];
}

/** Returns the elements that bind a name, including those of nested patterns. */
function elementsOf(compiler: typeof ts, pattern: ts.BindingPattern): ts.BindingElement[] {
  return pattern.elements.flatMap((element) => {
    if (compiler.isOmittedExpression(element)) return [];
    return compiler.isIdentifier(element.name) ? [element] : elementsOf(compiler, element.name);
  });
}

const identities = new Set(
  "id _id oid pk uid uuid guid ulid urn arn slug sku ean isbn issn doi iban email login username handle".split(
    " ",
  ),
);
const locators = new Set(
  "key path filename url uri href code iso symbol hash sha digest etag".split(" "),
);

/**
 * Whether a property distinguishes one object from all others, so that the rest of it is known with
 * it: `{user.id}`, `{user.userId}`.
 * Options are not such an object: in `{ id, page }: ListOptions` the page is another value.
 */
function identifies(
  { ts }: CheckContext,
  property: string,
  { name, type }: ts.ParameterDeclaration,
): boolean {
  const typeName = type && ts.isTypeReferenceNode(type) ? type.typeName.getText() : "";
  const isOptions =
    (type && ts.isTypeLiteralNode(type)) ||
    /(?:Options|Opts|Params|Query|Args|Input|Props|Filters?|Request|Dto|DTO)$/.test(typeName);
  if (isOptions) return false;
  if (identities.has(property)) return true;
  if (!ts.isIdentifier(name)) return false;
  const own = [name.text, typeName].map((owner) => `${owner}id`.toLowerCase());
  return locators.has(property) || own.includes(property.toLowerCase());
}
