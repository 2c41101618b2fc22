// Not every context is a caller's.
declare const CanvasContext: { readonly width: number };
interface RenderContext {
  draw(text: string): Promise<string>;
}

export class Charts {
  constructor(private readonly context: RenderContext) {}

  // @zcache
  async chart(name: string): Promise<string> {
    return this.context.draw(`${name} ${CanvasContext.width}`);
  }
}
