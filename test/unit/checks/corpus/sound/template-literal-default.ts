// @zcache key: "texts:{locale.slice(0, 2)}"
export async function texts(locale = "en"): Promise<string> {
  return locale.slice(0, 2);
}
