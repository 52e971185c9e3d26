// The AWS account of the local stack: the program's mocks put it into their ARNs.
export const ACCOUNT_ID = '123456789012';
export const REGION = 'us-east-1';
