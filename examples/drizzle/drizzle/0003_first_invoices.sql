-- Custom SQL migration file, put your code below! --
INSERT INTO `invoices` (`customer_id`, `total`) VALUES (1, 1200), (1, 350), (2, 90000);
