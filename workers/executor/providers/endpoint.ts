/** The router reads the same list, to know what a run can reach; so it lives in the platform. */
export * from "../../platform/provider-endpoints.ts";
