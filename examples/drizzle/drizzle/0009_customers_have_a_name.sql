-- Custom SQL migration file, put your code below! --
UPDATE `customers` SET `full_name` = SUBSTRING_INDEX(`email`, '@', 1) WHERE `full_name` IS NULL;
