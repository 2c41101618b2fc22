// The copy has another name, which the method doesn't read; and the default key tells copies apart by itself.
const pricing = {
  name: "retail",
  factor: 1,
  // @zcache key: "price:{cents}"
  async price(cents: number): Promise<number> {
    return cents * this.factor;
  },
  // @zcache
  async doubled(cents: number): Promise<number> {
    return 2 * cents * this.factor;
  },
};

export const other = { ...pricing, name: "other" };
