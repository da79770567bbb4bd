package pipeline

// typesByEnding are the content types of names' endings, as IANA registers them
// (https://www.iana.org/assignments/media-types), or as the format's makers call them where it does not. No text has a
// charset: a name does not tell it. What is compressed is named for that, and not for what is inside.
var typesByEnding = map[string]string{
	// Text.
	"txt": "text/plain", "text": "text/plain", "log": "text/plain", "conf": "text/plain", "ini": "text/plain",
	"csv": "text/csv", "tsv": "text/tab-separated-values", "md": "text/markdown", "markdown": "text/markdown",
	"html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml", "css": "text/css",
	"js": "text/javascript", "mjs": "text/javascript", "ics": "text/calendar", "vcf": "text/vcard", "vtt": "text/vtt",
	"srt": "application/x-subrip", "rtf": "application/rtf", "tex": "application/x-tex", "sh": "application/x-sh",

	// Data.
	"json": "application/json", "map": "application/json", "jsonl": "application/x-ndjson", "ndjson": "application/x-ndjson",
	"geojson": "application/geo+json", "jsonld": "application/ld+json", "webmanifest": "application/manifest+json",
	"ipynb": "application/x-ipynb+json", "xml": "application/xml", "xsd": "application/xml", "xsl": "application/xslt+xml",
	"xslt": "application/xslt+xml", "rss": "application/rss+xml", "atom": "application/atom+xml", "kml": "application/vnd.google-earth.kml+xml",
	"kmz": "application/vnd.google-earth.kmz", "gpx": "application/gpx+xml", "yaml": "application/yaml", "yml": "application/yaml",
	"toml": "application/toml", "sql": "application/sql", "parquet": "application/vnd.apache.parquet",
	"arrow": "application/vnd.apache.arrow.file", "arrows": "application/vnd.apache.arrow.stream",
	"sqlite": "application/vnd.sqlite3", "sqlite3": "application/vnd.sqlite3", "cbor": "application/cbor",
	"msgpack": "application/vnd.msgpack", "h5": "application/x-hdf5", "hdf5": "application/x-hdf5", "nc": "application/x-netcdf",
	"wasm": "application/wasm", "crt": "application/x-x509-ca-cert", "p12": "application/x-pkcs12",
	"torrent": "application/x-bittorrent",

	// Documents.
	"pdf": "application/pdf", "ps": "application/postscript", "eps": "application/postscript", "epub": "application/epub+zip",
	"djvu": "image/vnd.djvu", "eml": "message/rfc822", "mbox": "application/mbox",
	"doc": "application/msword", "xls": "application/vnd.ms-excel", "ppt": "application/vnd.ms-powerpoint",
	"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	"pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
	"odt":  "application/vnd.oasis.opendocument.text", "ods": "application/vnd.oasis.opendocument.spreadsheet",
	"odp": "application/vnd.oasis.opendocument.presentation",

	// Pictures.
	"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "jpe": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
	"avif": "image/avif", "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "tif": "image/tiff", "tiff": "image/tiff",
	"svg": "image/svg+xml", "ico": "image/vnd.microsoft.icon", "jxl": "image/jxl", "jp2": "image/jp2",
	"psd": "image/vnd.adobe.photoshop", "dng": "image/x-adobe-dng", "dcm": "application/dicom",

	// Sound and film.
	"mp3": "audio/mpeg", "m4a": "audio/mp4", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav", "oga": "audio/ogg",
	"ogg": "audio/ogg", "opus": "audio/ogg", "weba": "audio/webm", "mid": "audio/midi", "midi": "audio/midi",
	"mp4": "video/mp4", "m4v": "video/mp4", "mpeg": "video/mpeg", "mpg": "video/mpeg", "webm": "video/webm", "ogv": "video/ogg",
	"mov": "video/quicktime", "avi": "video/x-msvideo", "mkv": "video/matroska", "wmv": "video/x-ms-wmv", "flv": "video/x-flv",
	"ts": "video/mp2t", "m3u8": "application/vnd.apple.mpegurl", "mpd": "application/dash+xml",

	// Fonts.
	"ttf": "font/ttf", "otf": "font/otf", "woff": "font/woff", "woff2": "font/woff2",

	// Archives and compressed files.
	"zip": "application/zip", "gz": "application/gzip", "tgz": "application/gzip", "bz2": "application/x-bzip2",
	"xz": "application/x-xz", "zst": "application/zstd", "br": "application/x-brotli", "lz4": "application/x-lz4",
	"7z": "application/x-7z-compressed", "rar": "application/vnd.rar", "tar": "application/x-tar",
	"jar": "application/java-archive", "apk": "application/vnd.android.package-archive", "deb": "application/vnd.debian.binary-package",
	"rpm": "application/x-rpm", "iso": "application/x-iso9660-image", "dmg": "application/x-apple-diskimage",
	"bin": "application/octet-stream", "exe": "application/vnd.microsoft.portable-executable",
	"dll": "application/vnd.microsoft.portable-executable",
}

// longestEnding is the longest that is in the table, with its dot.
var longestEnding = func() (n int) {
	for ending := range typesByEnding {
		n = max(n, 1+len(ending))
	}
	return n
}()
