#!/bin/sh
# A certificate for a trial, which no browser trusts: sh deploy/nginx/self-signed.sh billing.example.com certificates
set -eu
name=$1 folder=$2
mkdir -p "$folder"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 30 \
    -subj "/CN=$name" -addext "subjectAltName=DNS:$name" \
    -keyout "$folder/privkey.pem" -out "$folder/fullchain.pem" 2>/dev/null
chmod 600 "$folder/privkey.pem"
