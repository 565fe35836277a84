package views

// What billing says about wrong fields, in English: marked here, so that the catalogue holds their Spanish.
var _ = []string{
	Term("Enter an amount other than zero"),
	Term("Choose a reason"),
	Term("A deposit is above zero"),
	Term("Say in a few words why"),
	Term("Use 1,000 characters at most"),
	Term("Use 200 characters at most"),
	Term("Use 2 to 32 capital letters, digits, - or _"),
	Term("Enter a name of 120 characters at most"),
	Term("An opening credit is not below zero"),
	Term("This code is in use"),
	Term("A threshold is not below zero"),
	Term("Say in 1 to 200 characters why: resellers read it"),
	Term("Say in 10 to 2,000 characters what you compared, and what it showed"), Term("Choose what becomes of the orders that waited"),
	Term("Choose one product, one customer, or everything"),
	Term("Medium begins above low"),
	Term("Use 2 to 64 letters, digits, . _ - or @"),
	Term("Choose a role"),
	Term("Enter an e-mail address, such as laura@example.com"),
	Term("Use 10 characters or more"),
	Term("This name is in use"),
	Term("This address cannot be invited: it is in use"),
	Term("Enter a name of 60 characters at most"),
	Term("Choose how long the old key goes on"),
}

// What billing says about changes of terms.
var _ = []string{
	Term("It cannot be below zero"),
	Term("A discount is less than 100 %"),
	Term("A rate is above zero"),
	Term("It is that already"),
	Term("A rate is below 10,000"),
	Term("This moment has passed. Leave it empty to begin at once"),
	Term("Plan a year ahead at most"),
	Term("Choose what is sent"),
	Term("Choose products of the list"),
	Term("Choose how it is rounded"),
	Term("Write a percentage from 0 to 200"),
	Term("It lies within the general range"),
	Term("The highest amount is not below the lowest"),
	Term("Write an amount above zero, or leave it empty"),
	Term("Choose today or a later day, or leave it empty"),
	Term("Choose what the key may do"),
	Term("Write whole minutes from 1 to 1,440, or leave it empty"),
	Term("Say how many requests a minute, too"),
	Term("Write a whole number from 1 to 100,000, or leave it empty"),
	Term("Write 50 addresses or ranges at most"),
}

// What billing says about deposits to the float.
var _ = []string{
	Term("Write an amount above zero"),
	Term("Write less than ten thousand million"),
	Term("Write the reference of the transfer"),
	Term("Use 100 characters at most"),
	Term("Say in a few words what it was for"),
	Term("A deposit with this reference is recorded already"),
}

// What billing says about classifications.
var _ = []string{
	Term("Choose what such an answer means"),
	Term("Choose who is at fault"),
	Term("Say in a few words how you know"),
}
