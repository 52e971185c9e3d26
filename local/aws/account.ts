// The account that the local stack plays: the one that the program's mocks put into their ARNs.
export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';
