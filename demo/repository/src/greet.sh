#!/bin/sh
echo "Hello, $1! This is @RELEASE@."
