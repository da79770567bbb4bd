package s3

// Endpoint returns the URL that requests go to, without the bucket where that is in the path. It holds no secret,
// and names the place: two stores of one bucket are the same if their endpoints are.
func (s *Store) Endpoint() string { return s.address.scheme + "://" + s.address.host }
