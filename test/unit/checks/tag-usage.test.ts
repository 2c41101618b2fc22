import test from "ava";
import { checkSource } from "./check-source";

/** Returns what is reported about a call, in a program with another tag and one more directive. */
function invalidating(tag: string, directive: string): string[] {
  return checkSource(`
import { invalidateTag } from "zcache";
// @zcache tags: ["org:{id}"]
export async function org(id: number): Promise<number> { return id; }
// @zcache ${directive}
export async function user(id: number): Promise<number> { return id; }
void invalidateTag(\`org:\${1}\`);
void invalidateTag(${tag});
`).filter((text) => text.includes("zcache/unknown-tag"));
}

const tag = "`user:${5}`";

test("a tag that no directive can produce is unknown", (t) => {
  t.is(invalidating(tag, "ttl: 1h").length, 1);
});

const wrong: Record<string, string> = {
  "an option": 'ttl: 10, tags: ["user:{id}"]',
  "another template": 'key: "{uid}", tags: ["user:{id}"]',
  "the placeholder of the tag itself": 'tags: ["user:{uid}"]',
  "the braces of the tag": 'tags: ["user:{id"]',
  "the list": 'tags: "user:{id}"',
  "the syntax, so that its tags can't be read": 'ttl: 1h, tags: ["user:{id}"',
};

for (const [what, directive] of Object.entries(wrong)) {
  test(`the tag of a directive with an error in ${what} is not unknown besides`, (t) => {
    t.deepEqual(invalidating(tag, directive), []);
  });
}

test("a tag that the directive with the error does not have is still unknown", (t) => {
  t.is(invalidating('"account:5"', 'ttl: 10, tags: ["user:{id}"]').length, 1);
});

test("a tag is compared with the first before it that means something else, whatever stands between", (t) => {
  const load = (name: string, type: string, what: string): string =>
    `// @zcache key: "${name}", tags: ["${what}:{id}"]\nexport async function ${name}(id: ${type}): Promise<number> { return 1; void id; }\n`;
  const found = checkSource(`
interface Id { readonly a: number }
${load("first", "number", "user")}${load("second", "Id", "user")}${load("third", "number", "user")}${load("fourth", "Id", "user")}
${load("alone", "Id", "order")}
`).filter((text) => text.includes("zcache/tag-meaning"));
  const pairs = found.map((text) => /^(\d+):.* the same tag of (\w+)/.exec(text)?.slice(1));
  t.deepEqual(pairs, [
    ["5", "first"],
    ["7", "second"],
    ["9", "first"],
  ]);
});
