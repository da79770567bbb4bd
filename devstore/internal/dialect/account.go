package dialect

// Account is the XML of whoever owns something.
type Account struct {
	ID          string `xml:"ID"`
	DisplayName string `xml:"DisplayName"`
}

// Owner returns what stands wherever an owner is shown: there is one account.
func Owner() Account { return Account{ID: "devstore", DisplayName: "devstore"} }
