-- Runs once, when the data folder of the primary is made.
CREATE USER replica@'%' IDENTIFIED BY 'rehearsal';
GRANT REPLICATION SLAVE ON *.* TO replica@'%';
