interface Context {
  tenant: string;
}

// @zcache key: "menu:{this.tenant}:{name}"
export async function menu(this: Context, name: string): Promise<string> {
  return this.tenant + name;
}
