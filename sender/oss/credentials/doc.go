// Package credentials finds who asks OSS, as Alibaba Cloud's own tools would, and keeps it valid for as long as a run
// takes.
//
// [Find] takes the first source that is configured, in this order:
//
//	source            what configures it
//	environment       OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN; or ALIBABA_CLOUD_ACCESS_KEY_ID,
//	                  ALIBABA_CLOUD_ACCESS_KEY_SECRET, ALIBABA_CLOUD_SECURITY_TOKEN. With a lasting key and
//	                  OSS_ROLE_ARN (OSS_ROLE_SESSION_NAME) or ALIBABA_CLOUD_ROLE_ARN (ALIBABA_CLOUD_ROLE_SESSION_NAME,
//	                  ALIBABA_CLOUD_EXTERNAL_ID) that role is assumed; a token or ALIBABA_CLOUD_OIDC_TOKEN_FILE says
//	                  that the role is not meant for the key
//	oidc              ALIBABA_CLOUD_ROLE_ARN, ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE, as RRSA
//	                  puts them into a pod
//	profile           OSS_PROFILE names a profile of Alibaba Cloud CLI's or else of ossutil's file,
//	                  ALIBABA_CLOUD_PROFILE one of the first, OSSUTIL_PROFILE one of the second. Otherwise the
//	                  current profile of ~/.aliyun/config.json (ALIBABA_CLOUD_CONFIG_FILE), unless
//	                  ALIBABA_CLOUD_CLI_PROFILE_DISABLED is true; else ~/.ossutilconfig (OSSUTIL_CONFIG_FILE): its
//	                  section default, or Credentials as ossutil 1 writes it
//	uri               ALIBABA_CLOUD_CREDENTIALS_URI, which answers with credentials in JSON
//	process           INGEST_OSS_CREDENTIAL_PROCESS, a command that prints credentials in JSON
//	ecs-role          nothing: the RAM role of the ECS instance that this runs on, if it runs on one;
//	                  ALIBABA_CLOUD_ECS_METADATA names the role, ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids to ask,
//	                  ALIBABA_CLOUD_IMDSV1_DISABLED to ask without a token
//
// The modes of a profile, in both files: AK, StsToken, RamRoleArn, ChainableRamRoleArn, RamRoleArnWithRoleName, OIDC,
// EcsRamRole, External (Process in ossutil's), CredentialsURI; and CloudSSO and OAuth for as long as the token lasts
// that the CLI has left there.
//
// Roles are assumed at sts.aliyuncs.com, or at the host that ALIBABA_CLOUD_STS_ENDPOINT names, or in the region
// ALIBABA_CLOUD_STS_REGION, within its VPC if ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED is true.
//
// Its laws:
//
//   - A source that is clearly meant and wrong - half a key pair, a profile that is not there - is an error that says
//     what to set. It never falls through to the next one: that would be somebody else.
//   - No secret is in an error, nor the content of a file, an answer or what a process wrote.
//   - [Provider.Credentials] costs an atomic load and a look at the clock, but for one caller now and then, who asks
//     for the next ones before these end.
//   - The metadata service is asked at its one address, without a proxy, within two seconds. No redirect is followed,
//     from anywhere.
//   - Nothing is written: what other tools keep in their files stays theirs.
//
// # Where the facts are from
//
// The order and the variables are those of credentials-go, aliyun-cli and ossutil 2:
// https://www.alibabacloud.com/help/en/oss/developer-reference/configure-ossutil2. AssumeRole and
// AssumeRoleWithOIDC: https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole. The
// metadata service: https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata.
package credentials
