interface Customer {
  id: string;
  address?: { country: string; city?: { name: string } };
}

// @zcache key: "vat:{customer.address?.country}:{customer.address?.city?.name.toLowerCase()}"
export async function vatRate(customer: Customer): Promise<number> {
  const { country, city } = customer.address ?? {};
  return country === "NL" && city?.name !== "" ? 21 : 0;
}
