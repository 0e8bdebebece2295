resource "aws_kms_key" "backup" {
  enable_key_rotation = true
}

module "orders" {
  source  = "./modules/vault"
  name    = "orders"
  kms_key = aws_kms_key.backup.arn
}

module "audit" {
  source = "./modules/vault"
  name   = "audit"
}
