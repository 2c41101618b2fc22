import { type RuntimeFunction } from "../../runtime/plan";
import { EmittedFile } from "../emit/emitted-file";

/**
 * The emission that writes text. It imports names one by one, because the namespace of a module
 * costs each CommonJS file a helper of fifty lines.
 */
export class TextEmission extends EmittedFile {
  readonly #imported = new Map<RuntimeFunction, string>();

  protected override link(name: RuntimeFunction): string {
    const known = this.#imported.get(name);
    if (known !== undefined) return known;
    const local = this.free(`${this.runtimeName}_${name}`);
    this.#imported.set(name, local);
    return local;
  }

  protected override importText(): string {
    const names = (between: string): string =>
      [...this.#imported].map(([name, local]) => `${name}${between}${local}`).join(", ");
    return this.context.format === "esm"
      ? `import { ${names(" as ")} } from ${this.from};`
      : `const { ${names(": ")} } = require(${this.from});`;
  }
}
