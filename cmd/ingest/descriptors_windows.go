package main

// descriptors is how many files this process may have open: Windows sets no limit that we could meet.
func descriptors() int { return maxDescriptors }
