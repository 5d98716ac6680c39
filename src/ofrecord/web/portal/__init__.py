"""The portal: the pages that the people of a partner see, one file a group of pages.

Knows what a partner asks for and in which words it is answered. Every row is found within the reader's scope;
what is not the reader's own is answered as what does not exist.
"""
