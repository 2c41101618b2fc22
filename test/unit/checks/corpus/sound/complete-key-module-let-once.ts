let region = "eu";
if (process.env["REGION"]) region = process.env["REGION"];

// @zcache
export async function list(): Promise<string> {
  return (await fetch(`https://${region}.test`)).text();
}
