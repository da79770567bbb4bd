package requests

// The differences that are meant. Those in the first list are in all of OSS's clients.
var (
	withOSS = []listed{
		{"*", "header User-Agent", "each names itself"},
		{"*", "header Accept-Encoding", "answers are small, and one that expands is a bomb: we do not ask for compressed ones"},
		{"*empty*", "length", "a length is stated always; without one a cut body could not be told from a whole one"},
		{"list parts", "query part-number-marker", "the first page is asked like the others"},
		{"list uploads", "query *-marker", "the first page is asked like the others"},
		{"complete upload", "header Content-Type", "the body is XML, and says so"},
	}

	withOSSv2 = append([]listed{
		{"begin*", "length", "a length is stated always"},
		{"complete upload", "header Content-Md5", "a list that was spoilt names parts or ETags that are not there, and is refused"},
		{"[^pcs]*", "header Content-Md5", "that of an empty body proves nothing"},
	}, withOSS...)

	withOSSv2V4 = []listed{
		{"*", "header Date", "V4 takes the moment from x-oss-date alone"},
	}

	withOSSv1 = append([]listed{
		{"begin*", "query encoding-type", "XML cannot hold every key: keys are asked for escaped"},
		{"complete upload", "query encoding-type", "the same"},
	}, withOSS...)

	// The path differs in how it is written, not in what it names: RFC 3986 leaves the slashes of a path as they are.
	withOSSv1Paths = []listed{
		{"[^l]*", "path", "the SDK escapes the slashes of a key, and signs them as they are"},
		{"list parts", "path", "the same"},
	}

	withOSSv1V4 = []listed{
		{"*", "header Date", "the SDK signs the moment of Date, where V4 as documented wants x-oss-date; the service takes both"},
		{"*", "header X-Oss-Date", "the same"},
	}

	withAWS = []listed{
		{"*", "header User-Agent", "each names itself"},
		{"*", "header Accept-Encoding", "we never ask for compressed answers"},
		{"*", "header Amz-Sdk-Invocation-Id", "the SDK's own bookkeeping; the service does not need it"},
		{"*", "header Amz-Sdk-Request", "the same"},
		{"*", "query x-id", "the same"},
		{"*", "header Authorization", "the headers above are among those that are signed"},
		{"put*", "header X-Amz-Content-Sha256", "SHA-256 costs more than all the rest; the CRC-64 beside it is compared by the store"},
		{"send*", "header X-Amz-Content-Sha256", "the same"},
		{"put*", "header X-Amz-Sdk-Checksum-Algorithm", "it names the checksum that stands in a header of its own"},
		{"send*", "header X-Amz-Sdk-Checksum-Algorithm", "the same"},
		{"send*", "header Content-Type", "a part has no type: the object has one, said when it is begun"},
		{"send part", "header Expect", "a round trip for each part; a refusal is heard while the body is sent"},
		{"list parts", "query part-number-marker", "the first page is asked like the others"},
		{"list uploads", "query *-marker", "the first page is asked like the others"},
		{"list uploads", "query encoding-type", "XML cannot hold every key: keys are asked for escaped"},
	}
)
