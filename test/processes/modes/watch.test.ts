import test from "ava";
import { brokenDiagnostics, brokenSource } from "../../support/projects/shop";
import { createShop, moduleVariants } from "../../support/projects/variants";
import { createWorkspace } from "../../support/projects/workspace";

const workspace = createWorkspace();
test.after.always(() => workspace.remove());

for (const variant of moduleVariants) {
  test.serial(
    `tspc -w, ${variant.name}: a problem appears and disappears with the edit`,
    async (t) => {
      const shop = createShop(workspace, variant, "watch");
      const soundSource = brokenSource.replace("tll:", "ttl:").replace("{uid}", "{id}");
      shop.write("src/broken.ts", soundSource);
      const watch = shop.watch();
      try {
        t.deepEqual(await watch.next(), [], "without problems");
        shop.write("src/broken.ts", brokenSource);
        t.deepEqual(await watch.next(), brokenDiagnostics, "with problems");
        shop.edit("src/users.ts", "ttl: 10m", "ttl: 20m");
        t.deepEqual(await watch.next(), brokenDiagnostics, "another file was edited");
        t.regex(shop.read("out/users.js"), /ttlMs: 1200000/);
        shop.write("src/broken.ts", soundSource);
        t.deepEqual(await watch.next(), [], "without problems again");
      } finally {
        await watch.end();
      }
    },
  );
}
