// @zcache key: "{key}"
export async function get<T>(key: string): Promise<T> {
  return (await (await fetch(`/${key}`)).json()) as T;
}

// @zcache key: "{name}"
export async function read<T>(name: string): Promise<T> {
  return (await (await fetch(`/read/${name}`)).json()) as T;
}
