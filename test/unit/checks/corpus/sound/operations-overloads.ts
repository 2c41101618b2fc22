import "zcache";

// @zcache
export async function text(id: number): Promise<string>;
export async function text(id: number, locale: string): Promise<string>;
export async function text(id: number, locale = "en"): Promise<string> {
  return (await fetch(`/${locale}/${id}`)).text();
}

export const again = (): Promise<string> => text.refresh(5, "de");
