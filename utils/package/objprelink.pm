# The sequence of Build-Depends: dh-sequence-objprelink.
use strict;
use warnings;
use Debian::Debhelper::Dh_Lib;

# What a package says itself comes after it.
my $flag = '-B/usr/libexec/objprelink/';
my $old = $ENV{DEB_LDFLAGS_MAINT_APPEND};
$ENV{DEB_LDFLAGS_MAINT_APPEND} =
	defined $old && length $old ? "$flag $old" : $flag;

insert_after('dh_strip', 'dh_objprelink');

1;
