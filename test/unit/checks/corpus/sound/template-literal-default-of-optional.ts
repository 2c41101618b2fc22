// @zcache key: "texts:{locale.toLowerCase()}"
export async function texts(locale: string | undefined = "en"): Promise<string> {
  return locale.toLowerCase();
}
